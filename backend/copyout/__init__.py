"""An application in the order of a case system's own form, to be copied over field by field."""
