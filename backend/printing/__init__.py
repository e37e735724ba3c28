"""Printed paper: documents that anybody can read, on paper and with a screen reader, in every language we write."""
