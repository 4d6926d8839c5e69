"""The scripted model of evals, under the name that tests know it by."""

from evals.scripted import ScriptedModel, fields_of, points_of, sentence, sentences_of

__all__ = ["ScriptedModel", "fields_of", "points_of", "sentence", "sentences_of"]
