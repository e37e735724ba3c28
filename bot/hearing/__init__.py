"""What people mean by what they write: days, numbers, languages, words that work anywhere, and numbers to seal away."""
