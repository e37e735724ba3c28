"""What comes after the first meeting: the planning week, the branch, the plan, and the weeks after it."""
