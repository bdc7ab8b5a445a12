"""Between rows and solvers: the question made of what is in the database, and the answer in terms of it. One module per solver."""
