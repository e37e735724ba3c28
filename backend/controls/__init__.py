"""Controls of a case: what each register says, whether it differs from the application, and who took a stand on it."""
