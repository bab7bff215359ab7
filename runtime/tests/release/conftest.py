"""Tests of the release program: they run without Django, against answers that are made up."""
