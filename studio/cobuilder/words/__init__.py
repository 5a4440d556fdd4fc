"""The words of policy prose: forms, numbers, dates, moods, meanings, and what belongs together by them."""
