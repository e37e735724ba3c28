"""Meetings: free times, and one booking of a caseworker, a place and an interpreter together."""
