"""The report of a review: what changes, why, for whom, and who decided, for people without this program."""
