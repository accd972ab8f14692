"""Who hears of what happens to a file: letters written in the transaction of the move or of the comment."""

from datetime import date

from tracker import policy
from tracker.accounts.queries import people
from tracker.history.commands import Writing
from tracker.mail.commands import write_letters
from tracker.mail.rules import COMMENT, TURN, News
from tracker.tfpb import rules
from tracker.tfpb.models import Comment, TfpbFile
from tracker.tfpb.queries.files import scope_of
from tracker.tfpb.rules import letters


def named(file: TfpbFile) -> letters.Named:
    """The file as a letter calls it."""
    convention = file.convention
    return letters.Named(
        convention.contract.name, convention.landlord.name, convention.city.name, file.neighbourhood.name, file.year
    )


def replays(write: Writing) -> bool:
    """The command line and the seeds replay what happened long ago: nobody is written to about it."""
    return write.actor.source == "command_line"


def tell_move(write: Writing, file: TfpbFile, track: str, day: date, reason: str | None, comments: int = 0) -> None:
    """Write to those whose turn it becomes, and to the landlord of what was decided about the file."""
    if replays(write):
        return
    about, scope = named(file), scope_of(file)
    status = getattr(file, rules.TRACK_FIELDS[track])
    turn = (rules.TURNS if track == rules.REPORT else rules.PROGRAMME_TURNS).get(status)
    theirs = list(people(policy.holders(turn.verb, scope))) if turn else []
    others = list(people(policy.holders("submit_file", scope))) if (track, status) in letters.TOLD_TO_LANDLORD else []
    told = letters.moved(about, track, status, write.actor.name, day)
    for readers, yours in ((theirs, True), ([one for one in others if one not in theirs], False)):
        sentences = (told, *letters.next_step(turn, yours=yours), *letters.pinned(comments))
        news = News(
            TURN,
            about.subject(letters.ANNOUNCED[track, status]),
            (*sentences, "Motif :") if reason else sentences,
            f"/tfpb/dossiers/{file.id}",
            "Ouvrir le dossier",
            about.why,
            quoted=reason,
        )
        write_letters(write, readers, news)


def tell_comment(write: Writing, comment: Comment, thread: list[Comment]) -> None:
    """Write to those a remark concerns: the landlord, who spoke in the thread, and who answers the landlord."""
    if replays(write):
        return
    file = comment.file
    about, scope = named(file), scope_of(file)
    landlords = list(people(policy.holders("submit_file", scope)))
    spoke = {one.author_id for one in thread}
    # Only those who may still read it, whatever role they had when they spoke.
    members = list(people(policy.holders("comment_file", scope)))
    concerned = landlords + [one for one in members if one.id in spoke]
    if comment.thread_id is None and policy.can(write.actor, "submit_file", scope)[0]:
        answering = {one.id for one in people(policy.holders("return_file", scope))}
        concerned += [one for one in members if one.id in answering]
    place = rules.pin_name(comment.action.title if comment.action else None, comment.field)
    verb = "a répondu" if comment.thread_id else "a commenté"
    news = News(
        COMMENT,
        about.subject("réponse à un commentaire" if comment.thread_id else "nouveau commentaire"),
        (f"{comment.author_name} {verb} sur « {place} », dans le dossier {about.whole} :",),
        f"/tfpb/dossiers/{file.id}#echange-{comment.thread_id or comment.id}",
        "Lire et répondre",
        about.why,
        quoted=comment.text,
    )
    write_letters(write, concerned, news)
