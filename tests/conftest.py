"""What holds for every test."""

from hypothesis import settings

# a loaded machine is slow: how long a case takes is no property of the code (evals/bench measures that)
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
