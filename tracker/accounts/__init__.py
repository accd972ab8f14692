"""Users, their memberships, sign-in, one-time links and API tokens; builds the actor of a request."""
