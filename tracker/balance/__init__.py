"""The annual TFPB balance sheet: figures, checks, meetings, editions frozen for the COPIL, workbook."""
