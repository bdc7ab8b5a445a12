"""The verbs of honours, one module per noun."""
