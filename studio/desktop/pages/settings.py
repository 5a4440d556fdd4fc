"""Settings: a form made from the declared fields, each with its description; and how documents weigh."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.key_deeds import KeyDeeds
from studio.desktop.model_deeds import KeepsSettings, ModelDeeds
from studio.desktop.page import Page
from studio.desktop.panels.facts import standing_of
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.pane import Pane, row
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.settings import Settings, config_folder

FOLDERS, FILES = frozenset({"keys"}), frozenset({"token_library"})
HIDDEN = frozenset({"model", "recent", "policies"})


class Weights(Card):
    """Which kinds of documents weigh more: a list whose rows go up and down, by key or by button."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("Which documents weigh more")
        self._desk = desk
        self.say(
            "Where two documents disagree, the kind that stands higher goes first. This is kept with the "
            "workspace, for everybody who works in it. Alt and an arrow key move the chosen kind.",
            muted=True,
        )
        self.list = RowList("Kinds of documents, the weightiest first")
        self.add(self.list)
        up, down = "Alt+Up", "Alt+Down"
        self.up = Button("Up", lambda: self.move_row(-1), name=f"Let this kind weigh more ({up})")
        self.down = Button("Down", lambda: self.move_row(1), name=f"Let this kind weigh less ({down})")
        self.buttons(self.up, self.down)
        for keys, by in ((up, -1), (down, 1)):
            shortcut = QShortcut(QKeySequence(keys), self.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda by=by: self.move_row(by))
        self.list.chosen.connect(lambda _kind: self._enable())

    def fill(self) -> None:
        """Show the order of the open workspace; nothing where none is open."""
        self.setVisible(self._desk.session.workbench is not None)
        if self._desk.session.workbench is None:
            return
        from studio.services.queries.governance import ShowAuthorities

        chosen, kinds = self.list.current_id(), self._desk.session.ask(ShowAuthorities())
        self.list.show_rows(
            [RowItem(kind, f"{number}. {standing_of(kind)}") for number, kind in enumerate(kinds, start=1)]
        )
        self.list.setFixedHeight(self.list.content_height())
        if not self.list.choose(chosen):
            self.list.choose_first()
        self._enable()

    def _place(self) -> int:
        return [row.id for row in self.list.items()].index(self.list.current_id())

    def _enable(self) -> None:
        if self.list.current_id():
            self.up.setEnabled(self._place() > 0)
            self.down.setEnabled(self._place() < len(self.list.items()) - 1)

    def move_row(self, by: int) -> None:
        """Let the chosen kind weigh more (-1) or less (1); undo takes it back."""
        from studio.domain.source import Authority
        from studio.services.commands import OrderAuthorities

        at, kinds = self._place(), [Authority(row.id) for row in self.list.items()]
        if 0 <= at + by < len(kinds):
            kinds[at], kinds[at + by] = kinds[at + by], kinds[at]
            self._desk.session.do(OrderAuthorities(tuple(kinds)))


class SettingsPage(Page):
    """What a user may choose."""

    needs_workspace: ClassVar[bool] = False

    def build(self) -> QWidget:
        """Lay out one card a field."""
        self.fields: dict[str, QWidget] = {}
        pane = Pane("Settings of this user on this computer", scroll=True)
        for name, field in Settings.model_fields.items():
            if name not in HIDDEN:
                card = self._card(name, field)
                card.setMaximumWidth(640)
                pane.body.addWidget(card)
        self.keys = KeyDeeds(self.desk, self)
        self.keys.panel.setMaximumWidth(640)
        pane.body.addWidget(self.keys.panel)
        self.weights = Weights(self.desk)
        self.weights.setMaximumWidth(640)
        pane.body.addWidget(self.weights)
        self.model = ModelDeeds(self.desk, self)
        for card in (self.model.card, self.model.policy):
            card.setMaximumWidth(640)
            pane.body.addWidget(card)
        where = Card("Where this is kept")
        where.say(str(config_folder() / "settings.json"))
        where.say(
            "Never a password, passphrase or key: keys are unlocked when you sign, and forgotten.", muted=True
        )
        where.setMaximumWidth(640)
        pane.body.addWidget(where)
        pane.body.addStretch(1)
        return pane

    def fill(self) -> None:
        """Show what is chosen now."""
        settings = self._keeper().settings
        for name, widget in self.fields.items():
            value = str(getattr(settings, name))
            widget.blockSignals(True)
            if isinstance(widget, QComboBox):
                widget.setCurrentIndex(widget.findData(value))
            elif isinstance(widget, QLineEdit):
                widget.setText(value)
            widget.blockSignals(False)
        self.keys.fill()
        self.weights.fill()
        self.model.fill()

    def _keeper(self) -> KeepsSettings:
        found = getattr(self.desk, "opener", None)
        assert isinstance(found, KeepsSettings)
        return found

    def _card(self, name: str, field: FieldInfo) -> Card:
        card = Card(name.replace("_", " ").capitalize())
        card.say(field.description or "", muted=True)
        widget = self._widget(name, field)
        widget.setAccessibleName(card.heading.text())
        self.fields[name] = widget
        if name in FOLDERS or name in FILES:
            pick = self._choose_folder if name in FOLDERS else self._choose_file
            choose = Button("Choose…", lambda: pick(name), name=f"Choose: {card.heading.text()}")
            card.content.addLayout(row(widget, choose, stretch=False))
        else:
            card.add(widget)
        return card

    def _widget(self, name: str, field: FieldInfo) -> QWidget:
        if get_origin(field.annotation) is Literal:
            box = Choice("")
            for choice in get_args(field.annotation):
                box.addItem(str(choice)[:1].upper() + str(choice)[1:], choice)
            box.activated.connect(lambda _n: self._keep(name, box.currentData()))
            return box
        line = QLineEdit()
        line.setPlaceholderText("the usual one" if name in FOLDERS else "")
        line.editingFinished.connect(lambda: self._keep(name, line.text().strip()))
        return line

    def _choose_folder(self, name: str) -> None:
        folder = dialogs.choose_folder(self, "Folder with your signing keys")
        if folder is not None:
            self._keep(name, str(folder))
            self.fill()

    def _choose_file(self, name: str) -> None:
        file = dialogs.choose_file(self, "The file that speaks to your security token", "All files (*)")
        if file is not None:
            self._keep(name, str(file))
            self.fill()

    def _keep(self, name: str, value: str) -> None:
        keeper = self._keeper()
        if str(getattr(keeper.settings, name)) != value:
            keeper.keep(**{name: value})
            if name in ("name", "role", "keys"):
                self.desk.tell("Kept. It holds from the next time a workspace is opened.", "ok")
