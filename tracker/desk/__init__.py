"""The home page by role, the agenda of deadlines, the contract-wide history."""
