"""The directory of record for supervised ketamine and Spravato treatment, by feature."""
