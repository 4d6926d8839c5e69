"""What holds for all tests."""

from hypothesis import settings

# A busy machine takes a second where an idle one takes a millisecond: a property is about values, not about time.
settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")
