"""Users: find, make, suspend, appoint, let act for shops, and say who a marketplace means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.memberships import join_shop
from accounts.models import Shop, StaffRole, User
from contract.errors import Conflict, Invalid
from disputes.services.linking import HandedOver, link_person, unlink_person
from studio.access import View, administers_everything, administrator, administrators_only
from studio.forms.people import IdentityForm, MemberForm, NewPersonForm, RoleForm, ShopForm
from studio.people import people as found_people
from studio.people import person as found_person
from studio.views.frame import places


def for_all_platforms(view: View) -> View:
    """People belong to no platform, so only administrators of all of them look after them."""

    def guarded(request: HttpRequest, *args: Any, **captured: Any) -> HttpResponse:
        if not administers_everything(administrator(request)):
            raise Http404
        return view(request, *args, **captured)

    return administrators_only(guarded)


@for_all_platforms
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, by a search; and a form for somebody new, or a new shop."""
    forms_of = {"person": NewPersonForm, "shop": ShopForm}
    making = request.POST.get("do", "")
    bound = {name: kind(request.POST if making == name else None, prefix=name) for name, kind in forms_of.items()}
    if making in bound and bound[making].is_valid():
        done = _made(request, making, bound[making])
        if done is not None:
            return done
    query = request.GET.get("q", "").strip()
    shown = {"people": found_people(query), "q": query}
    return _page(request, "studio/people.html", shown, bound)


@for_all_platforms
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person; each form of the page does one thing."""
    view = found_person(user_id)
    making = request.POST.get("do", "")
    kinds = {"appoint": RoleForm, "join": MemberForm, "link": IdentityForm}
    bound = {name: kind(request.POST if making == name else None, prefix=name) for name, kind in kinds.items()}
    if request.method == "POST":
        done = _done(request, User.objects.get(pk=user_id), making, bound.get(making))
        if done is not None:
            return done
    shown = {"person": view, "myself": view.id == administrator(request).pk}
    return _page(request, "studio/person.html", shown, bound)


def _page(request: HttpRequest, template: str, shown: dict[str, Any], bound: Mapping[str, forms.Form]) -> HttpResponse:
    forms_shown = {f"{name}_form": form for name, form in bound.items()}
    wrong = any(form.errors for form in bound.values())
    return render(request, template, {"places": places(request), **shown, **forms_shown}, status=422 if wrong else 200)


def _made(request: HttpRequest, what: str, form: forms.Form) -> HttpResponse | None:
    """The new account or shop; None when it was refused, with the reasons at the form."""
    given = form.cleaned_data
    try:
        if what == "shop":
            shop = services.open_shop(
                given["platform"], given["name"], outside_id=given["outside_id"], by=administrator(request)
            )
            messages.success(request, _("The shop %(name)s is open.") % {"name": shop.name})
            return redirect("studio:people")
        user = services.create_person(**given, by=administrator(request))
    except Invalid as error:
        _tell(form, error)
        return None
    messages.success(request, _("%(name)s can log in now.") % {"name": user.get_full_name()})
    return redirect("studio:person", user_id=user.pk)


def _done(request: HttpRequest, user: User, what: str, form: forms.Form | None) -> HttpResponse | None:
    """Do what one of the buttons says; None when its form was refused."""
    simple: dict[str, Callable[[HttpRequest, User], None]] = {
        "suspend": _suspend, "readmit": _readmit, "dismiss": _dismiss, "unlink": _unlink
    }  # fmt: skip
    if what in simple:
        simple[what](request, user)
    elif form is None or not form.is_valid():
        return None
    else:
        try:
            _given(request, user, what, form.cleaned_data)
        except Invalid as error:
            _tell(form, error)
            return None
        except Conflict as error:
            form.add_error(None, error.message())
            return None
    return redirect("studio:person", user_id=user.pk)


def _given(request: HttpRequest, user: User, what: str, given: dict[str, Any]) -> None:
    if what == "appoint":
        services.appoint(user, given["kind"], given["platform"], by=administrator(request))
        messages.success(request, _("The role was given."))
    elif what == "join":
        join_shop(user, Shop.objects.get(pk=given["shop"]), given["role"], by=administrator(request))
        messages.success(request, _("They act for the shop now."))
    else:
        moved = link_person(given["platform"], given["outside_id"], user, actor=administrator(request))
        messages.success(request, _("Imports find this person under that name from now on."))
        _tell_moved(request, moved)


def _unlink(request: HttpRequest, user: User) -> None:
    """Undo a link; what came with it goes back."""
    link = request.POST.get("link", "")
    if not any(str(each.link_id) == link for each in found_person(user.pk).identities):
        raise Http404
    try:
        moved = unlink_person(int(link), actor=administrator(request))
    except Conflict as error:
        messages.warning(request, error.message())
        return
    messages.success(request, _("The name is no longer theirs."))
    _tell_moved(request, moved)


def _tell_moved(request: HttpRequest, moved: HandedOver) -> None:
    if moved.orders or moved.shops:
        counts = {"orders": moved.orders, "cases": moved.cases, "shops": moved.shops}
        words = _("Handed over: orders %(orders)s, cases %(cases)s, shops %(shops)s.")
        messages.info(request, words % counts)


def _suspend(request: HttpRequest, user: User) -> None:
    if user.pk == administrator(request).pk:
        messages.warning(request, _("You cannot suspend yourself."))
        return
    services.suspend_person(user.pk, by=administrator(request))
    messages.success(request, _("They cannot log in any more; their cases go on."))


def _readmit(request: HttpRequest, user: User) -> None:
    services.readmit_person(user.pk, by=administrator(request))
    messages.success(request, _("They can log in again."))


def _dismiss(request: HttpRequest, user: User) -> None:
    """Take a role away, but never one's own last right to be here."""
    kind, platform = request.POST.get("kind", ""), request.POST.get("platform", "")
    everywhere = kind == StaffRole.Kind.ADMINISTRATOR and platform == StaffRole.EVERY_PLATFORM
    if everywhere and user.pk == administrator(request).pk:
        messages.warning(request, _("You cannot take this role from yourself: somebody else has to."))
        return
    services.dismiss(user, kind, platform, by=administrator(request))
    messages.success(request, _("The role was taken away."))


def _tell(form: forms.Form, error: Invalid) -> None:
    for problem in error.fields:
        name = problem.pointer.strip("/")
        form.add_error(name if name in form.fields else None, str(problem.detail))
