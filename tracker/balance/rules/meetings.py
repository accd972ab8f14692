"""The words of meetings."""

MEETING_KINDS = {"copil": "COPIL", "cotech": "COTECH", "thematic": "Réunion thématique"}
