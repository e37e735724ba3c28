"""Identity: how sure we are who somebody is, numbers of identity, and e-identification."""
