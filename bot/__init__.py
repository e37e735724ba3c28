"""The half that talks: channels, conversation, what is sent and what is heard. It knows no cases."""
