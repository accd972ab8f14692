"""The coordinator's short evaluation of a year."""

from tracker.api.fields import Schema, Text, Whole

# « Brève évaluation annuelle » (contract): a few pages at most; a bound keeps the sheet printable.
LONGEST_EVALUATION = 10_000


class EvaluationSchema(Schema):
    """The evaluation of a contract-year; null once withdrawn."""

    version = Whole("Version", dump_only=True)
    year = Whole("Année", dump_only=True)
    content = Text("Évaluation de l’année", max_length=LONGEST_EVALUATION, many_lines=True)
