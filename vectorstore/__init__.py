"""Corpus in, passages out: files are read, cleaned, cut, embedded, stored and searched. Leans on `speech` only."""
