"""What a speech is: pure functions and frozen values. No model, no store, no network."""
