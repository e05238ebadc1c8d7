"""What the verbs of the command line do on AWS; `cli.py` holds their arguments. Standard output is the answer, standard error the talk."""
