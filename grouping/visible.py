"""What a member may know of files and cases: an institution its own, the office all (second wall)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from alliance.models import Institution, Membership
from grouping.models import BadRow, Case, CaseFile, Document


def files(membership: Membership) -> QuerySet[CaseFile]:
    """Delivered files: the member's institution's, or all for who stands for the whole alliance."""
    found = CaseFile.objects.all()
    own = membership.institution_id
    return found if own is None else found.filter(institution=own)


def shared(membership: Membership) -> QuerySet[CaseFile]:
    """Files the office delivered for several members that hold rows of the member's institution; it sees its
    own rows of them alone.
    """
    own = membership.institution
    if own is None:
        return CaseFile.objects.none()
    good = Q(months__contains=[{"institution": own.pk}])
    bad = BadRow.objects.filter(file=OuterRef("pk"), raw__A01=own.organisation)
    return CaseFile.objects.filter(good | Exists(bad), institution=None)


def own_bad_rows(membership: Membership, file: CaseFile) -> QuerySet[BadRow]:
    """The bad rows of a shared file that say they are of the member's institution."""
    assert membership.institution is not None
    found: QuerySet[BadRow] = file.bad_rows.filter(raw__A01=membership.institution.organisation)
    return found


def opens(membership: Membership, ids: Iterable[int]) -> set[int]:
    """Which of these deliveries the member may open, in one query: a member's case may have come with a
    file of the whole alliance, which shows other members' lines."""
    if not membership.can("case_file.view"):
        return set()
    return set(files(membership).filter(pk__in=set(ids)).values_list("pk", flat=True))


def cases(membership: Membership) -> QuerySet[Case]:
    """Front pages, one for each stay, voided ones among them: the member's institution's, or all."""
    return documents(membership).filter(document=Document.FRONT_PAGE)


def documents(membership: Membership) -> QuerySet[Case]:
    """Front pages and settlement lists, voided ones among them: the member's institution's, or all."""
    found = Case.objects.all()
    own = membership.institution_id
    return found if own is None else found.filter(institution=own)


def institutions(membership: Membership) -> QuerySet[Institution]:
    """Active institutions whose data the member may deliver or declare."""
    found = Institution.objects.filter(is_active=True)
    own = membership.institution_id
    return found if own is None else found.filter(pk=own)


def sees_patients(membership: Membership) -> bool:
    """Whether lists show the member masked names: only who may open a case."""
    return membership.can("case.view")
