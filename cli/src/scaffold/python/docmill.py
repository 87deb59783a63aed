"""Stages of docmill in Python: this file and the standard library are all they need.

A stage looks at one document and says what should change in it::

    import re

    import docmill


    @docmill.stage(writes=["shouts"])
    def shout(document, changes, *, min_length: int = 2):
        for match in re.finditer(r"\\b[A-Z]+\\b", document.text):
            if len(match.group()) >= min_length:
                changes.annotate("shouts", match.start(), match.end())


    docmill.run()

A pipeline file names the program::

    [[stage]]
    use      = "command"
    program  = ["python3", "shout.py"]
    settings = { min-length = 3 }

The keyword arguments of the function are the stage's settings, with their types and defaults;
`min_length` here is `min-length` in the pipeline file. What their types cannot say, a check does::

    @shout.check
    def check(min_length):
        if min_length < 1:
            raise docmill.SettingError("min-length", "must be at least 1")

Where something is to be made once, such as a model to load, the stage is a class: its `__init__`
takes the settings, and each document is a call of the instance with `document` and `changes`.

Nothing returned keeps the document, changed as `changes` says; `return docmill.Drop("too-short")`
drops it. `raise docmill.DocumentError("…")` fails it, as any other exception does, and the run
goes on with the next one. What is printed goes to standard error.

A test needs no docmill: `docmill.apply(shout, "We said NO").layers["shouts"]`.

All positions are of `document.text`, counted as Python counts. Written for Python 3.9 and later.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import json
import math
import numbers
import os
import re
import sys
import traceback
import typing
from typing import (
    Any,
    BinaryIO,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Union,
)

__all__ = [
    "Annotation",
    "Changes",
    "Decoded",
    "Document",
    "DocumentError",
    "Drop",
    "Inserted",
    "Kept",
    "Outcome",
    "SettingError",
    "Span",
    "Stage",
    "apply",
    "run",
    "stage",
]

#: The version of the protocol between docmill and a program.
PROTOCOL = 1

#: Feature names that annotations need themselves.
RESERVED = ("start", "end", "label", "score")


class DocumentError(Exception):
    """One document cannot be taken through the stage; the run goes on without it.

    The message is for the user: what is wrong, and what to do about it.
    """


class SettingError(Exception):
    """A setting that the stage cannot work with; the pipeline is refused, and the setting shown.

    `setting` is its name, or the path to a part of it: `"/labels/0"`.
    """

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting if setting.startswith("/") else _pointer("", _kebab(setting))


class Drop(NamedTuple):
    """Returned by a stage: the document leaves the pipeline here, and is counted under `reason`.

    A reason is a short name of lower-case letters, digits and hyphens: `too-short`.
    """

    reason: str


class Span(NamedTuple):
    """A place in a document's text: `document.text[start:end]`."""

    start: int
    end: int


class Annotation:
    """Something said of a span of the text."""

    __slots__ = ("start", "end", "label", "score", "features", "_text")

    def __init__(self, text: str, members: Mapping[str, Any]) -> None:
        #: Where it begins and ends in the text.
        self.start: int = members["start"]
        self.end: int = members["end"]
        #: Its label, empty where it has none.
        self.label: str = members.get("label") or ""
        #: Its score, where it has one.
        self.score: Optional[float] = members.get("score")
        #: What else is said: strings, numbers, truth values, `Span`, and lists of these.
        self.features: Dict[str, Any] = {
            key: _with_spans(value) for key, value in members.items() if key not in RESERVED
        }
        self._text = text

    @property
    def text(self) -> str:
        """The text it speaks of."""
        return self._text[self.start : self.end]

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)

    def get(self, feature: str, default: Any = None) -> Any:
        """The feature of this name, or else `default`."""
        return self.features.get(feature, default)

    def __getitem__(self, feature: str) -> Any:
        return self.features[feature]

    def __repr__(self) -> str:
        parts = [f"{self.start}..{self.end} {self.text!r}", self.label]
        parts += [] if self.score is None else [str(self.score)]
        parts += [f"{key}={value!r}" for key, value in self.features.items()]
        return f"<Annotation {' '.join(part for part in parts if part)}>"


class Document:
    """A document as a stage sees it. It never changes: what should change is said to `Changes`.

    In a test it is made by hand, its annotations as in docmill's JSON form::

        kyiv = {"start": 0, "end": 4, "label": "GPE"}
        docmill.Document("Kyiv spoke.", layers={"entities": [kyiv]})
    """

    __slots__ = ("id", "text", "metadata", "_members", "_layers")

    def __init__(
        self,
        text: str,
        *,
        id: str = "",
        metadata: Optional[Mapping[str, Any]] = None,
        layers: Optional[Mapping[str, Sequence[Mapping[str, Any]]]] = None,
    ) -> None:
        #: What names it in outputs.
        self.id = id
        #: Its text, after the edits of earlier stages.
        self.text = text
        #: What is known of it as a whole.
        self.metadata: Dict[str, Any] = dict(metadata or {})
        self._members = layers or {}
        self._layers: Dict[str, Tuple[Annotation, ...]] = {}

    def layer(self, name: str) -> Tuple[Annotation, ...]:
        """The annotations of a layer in text order; none where there is no such layer."""
        if name not in self._layers:
            members = self._members.get(name, ())
            self._layers[name] = tuple(Annotation(self.text, one) for one in members)
        return self._layers[name]

    def has_layer(self, name: str) -> bool:
        """Whether there is such a layer, though it may be empty."""
        return name in self._members

    @property
    def layers(self) -> Dict[str, Tuple[Annotation, ...]]:
        """All layers by their names."""
        return {name: self.layer(name) for name in self._members}


class Kept(NamedTuple):
    """A piece of a new text that is the old one from `start` to `end`."""

    start: int
    end: int


class Decoded(NamedTuple):
    """A piece of a new text that the old one from `start` to `end` stands for, as `&` is `&amp;`.

    `how` names the decoding, such as `html`.
    """

    text: str
    start: int
    end: int
    how: str


class Inserted(NamedTuple):
    """A piece of a new text that the stage wrote."""

    text: str


Piece = Union[Kept, Decoded, Inserted]


class Changes:
    """What a stage wants changed in one document.

    Every position is of the text that the stage was given, whatever edits stand beside it: docmill
    applies the changes together, or none of them where the stage fails, and moves all annotations
    with the text. Edits come in any order and must not overlap.
    """

    def __init__(self, document: Document, stage: Optional[Stage] = None) -> None:
        self._text = document.text
        self._stage = stage
        self._edits: List[Tuple[int, int, str, str]] = []
        self._rewrite: Optional[Tuple[List[Piece], str]] = None
        self._layers: Dict[str, List[Dict[str, Any]]] = {}
        self._metadata: Dict[str, Any] = {}

    def annotate(
        self,
        layer: str,
        start: int,
        end: int,
        label: str = "",
        score: Optional[float] = None,
        features: Optional[Mapping[str, Any]] = None,
        **more: Any,
    ) -> None:
        """Adds an annotation to a layer that the stage writes.

        A feature is a string, a number, a truth value, a `Span`, or a list of these. One given by
        its name has hyphens where that has underscores: `holder_name=…` is `holder-name`.
        """
        if self._stage is not None and layer not in self._stage.written:
            raise _undeclared("layer", "writes", layer)
        annotation = self._span(start, end)
        if label:
            annotation["label"] = _text(label, "a label")
        if score is not None:
            annotation["score"] = float(_number(score, "a score"))
        for key, value in (features or {}).items():
            self._feature(annotation, _text(key, "the name of a feature"), value)
        for key, value in more.items():
            self._feature(annotation, _kebab(key), value)
        self._layers.setdefault(layer, []).append(annotation)

    def set(self, key: str, value: Any) -> None:
        """Sets a metadata value, in the place of an earlier one."""
        if self._stage is not None and key not in self._stage.contract["sets"]:
            raise _undeclared("metadata key", "sets", key)
        self._metadata[key] = self._value(value, key, False)

    def remove(self, start: int, end: int, reason: str) -> None:
        """Takes a piece out of the text. `reason` is a short name of the rule: `share-counter`."""
        self.replace(start, end, "", reason)

    def replace(self, start: int, end: int, text: str, reason: str) -> None:
        """Puts other text in the place of a piece."""
        self._edits_declared()
        self._span(start, end)
        if self._rewrite is not None:
            raise ValueError("the text is rewritten already; use edits or a rewrite")
        edit = (int(start), int(end), _text(text, "new text"), _text(reason, "a reason"))
        self._edits.append(edit)

    def insert(self, at: int, text: str, reason: str) -> None:
        """Puts text in before the char at this place."""
        self.replace(at, at, text, reason)

    def rewrite(self, pieces: Iterable[Piece], reason: str) -> None:
        """Puts a whole new text in the place of the old one, for what edits cannot say.

        The text is what `pieces` are when they are joined: `Kept`, `Decoded` and `Inserted`. What
        they take from the old text ascends and does not overlap.
        """
        self._edits_declared()
        if self._edits or self._rewrite is not None:
            raise ValueError("the text is edited or rewritten already; use edits or one rewrite")
        pieces, taken = list(pieces), 0
        for piece in pieces:
            if isinstance(piece, Inserted):
                _text(piece.text, "new text")
                continue
            if not isinstance(piece, (Kept, Decoded)):
                raise TypeError(f"a piece is Kept, Decoded or Inserted, not {piece!r}")
            self._span(piece.start, piece.end)
            if piece.start < taken:
                raise ValueError(f"what the pieces take does not ascend: {piece!r}")
            taken = piece.end
        self._rewrite = (pieces, _text(reason, "a reason"))

    def _span(self, start: int, end: int) -> Dict[str, Any]:
        if type(start) is int and type(end) is int and 0 <= start <= end <= len(self._text):
            return {"start": start, "end": end}
        if not (isinstance(start, numbers.Integral) and isinstance(end, numbers.Integral)):
            raise TypeError(f"a position is a whole number, not {start!r} or {end!r}")
        if not 0 <= start <= end <= len(self._text):
            size = len(self._text)
            raise ValueError(f"the span {start}..{end} does not lie in the text of {size} chars")
        return {"start": int(start), "end": int(end)}

    def _feature(self, annotation: Dict[str, Any], key: str, value: Any) -> None:
        if key in RESERVED or key in annotation:
            raise ValueError(f"the feature `{key}` is given twice, or has a name that is taken")
        annotation[key] = self._value(value, key, True)

    def _value(self, value: Any, key: str, spans: bool) -> Any:
        """The value as it is written."""
        if isinstance(value, str):
            return _text(value, key)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Span):
            if not spans:
                raise TypeError(f"the metadata `{key}` holds a span; annotate it in a layer")
            return self._span(*value)
        if isinstance(value, numbers.Real):
            return _number(value, f"`{key}`")
        if isinstance(value, Mapping):
            return {_text(name, key): self._value(of, key, False) for name, of in value.items()}
        if isinstance(value, Iterable):
            return [self._value(member, key, spans) for member in value]
        raise TypeError(f"`{key}` cannot hold a {type(value).__name__}")

    def _edits_declared(self) -> None:
        if self._stage is not None and not self._stage.contract["edits-text"]:
            hint = "@docmill.stage(edits_text=True)"
            raise ValueError(f"the stage does not say that it edits the text: {hint}")

    def _answer(self) -> Dict[str, Any]:
        """The JSON form, where the document is kept or dropped."""
        answer: Dict[str, Any] = {}
        for key, replaces in (("remove", False), ("replace", True)):
            edits = []
            for start, end, text, reason in self._edits:
                if bool(text) == replaces:
                    new = {"with": text} if replaces else {}
                    edits.append({"start": start, "end": end, **new, "reason": reason})
            if edits:
                answer[key] = edits
        if self._rewrite is not None:
            pieces, reason = self._rewrite
            forms = [_piece_form(piece) for piece in pieces]
            answer["rewrite"] = {"text": self._new_text(), "pieces": forms, "reason": reason}
        if self._layers:
            answer["layers"] = self._layers
        if self._metadata:
            answer["metadata"] = self._metadata
        return answer

    def _new_text(self) -> str:
        """The text when the edits are made."""
        if self._rewrite is not None:
            return "".join(
                self._text[piece.start : piece.end] if isinstance(piece, Kept) else piece.text
                for piece in self._rewrite[0]
            )
        parts: List[str] = []
        at = 0
        before = None
        for start, end, text, _ in sorted(self._edits, key=lambda edit: edit[:2]):
            if start < at or (start, end) == before:
                raise ValueError(f"two edits overlap at {start}..{end}")
            parts += [self._text[at:start], text]
            at, before = end, (start, end)
        return "".join([*parts, self._text[at:]])


class Outcome(NamedTuple):
    """What a stage makes of one document, for tests."""

    #: Why it was dropped; `None` where it was kept.
    dropped: Optional[str]
    #: The text when the edits are made.
    text: str
    #: What the stage wrote, by layer, in text order: places in the text that it was given.
    layers: Dict[str, Tuple[Annotation, ...]]
    #: What the stage set.
    metadata: Dict[str, Any]


class Stage:
    """A stage: what `docmill.stage` makes of a function or a class. A call of it is one of that."""

    def __init__(self, target: Callable[..., Any], name: str, version: str, contract: Any) -> None:
        functools.update_wrapper(self, target)
        self.target = target
        #: Its name and version, as docmill is told them.
        self.name = name
        self.version = version
        self.contract: Dict[str, Any] = contract
        #: The layers that it may annotate.
        self.written = {*contract["writes"], *contract["extends"], *contract["transient"]}
        self._settings = _Settings(target)
        self._check: Optional[Callable[..., Any]] = None

    def check(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Calls the function below before the first document, with those settings that it names.

        It raises `SettingError` where one is of no use.
        """
        self._check = function
        return function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.target(*args, **kwargs)

    def build(self, settings: Mapping[str, Any]) -> Callable[[Document, Changes], Any]:
        """Makes it of settings, named as in a pipeline file.

        Raises `SettingError` for one that is unknown, missing or of the wrong type.
        """
        arguments = self._settings.read(settings)
        if self._check is not None:
            named = inspect.signature(self._check).parameters
            all_settings = {**self._settings.defaults(), **arguments}
            self._check(**{name: value for name, value in all_settings.items() if name in named})
        if inspect.isclass(self.target):
            return self.target(**arguments)
        return functools.partial(self.target, **arguments)

    def take(self, built: Callable[[Document, Changes], Any], document: Document) -> _Taken:
        """Takes a document through; raises what the stage raises."""
        changes = Changes(document, self)
        verdict = built(document, changes)
        if verdict is None:
            return _Taken(changes, None)
        if isinstance(verdict, Drop):
            return _Taken(changes, _reason(verdict.reason))
        shown = repr(verdict)[:60]
        raise TypeError(f"a stage returns nothing or docmill.Drop(…), and not {shown}")


class _Taken(NamedTuple):
    changes: Changes
    dropped: Optional[str]


#: The stages that were defined, for `run`.
_stages: List[Stage] = []


def stage(
    target: Optional[Callable[..., Any]] = None,
    *,
    name: Optional[str] = None,
    version: str = "0.1.0",
    needs: Iterable[str] = (),
    uses: Iterable[str] = (),
    writes: Iterable[str] = (),
    extends: Iterable[str] = (),
    transient: Iterable[str] = (),
    sets: Iterable[str] = (),
    edits_text: bool = False,
) -> Any:
    """Makes a stage of a function or a class, and says what it reads, writes and edits.

    needs: layers that it cannot do without; a pipeline in which nothing provides them is refused.
    uses: layers that it reads where they are there.
    writes: layers that it writes, in the place of what is there.
    extends: layers to which it adds.
    transient: as `writes`, for much that is cheap to make again; written to outputs when named.
    sets: metadata keys that it sets.
    edits_text: whether it edits the text.
    """
    contract: Dict[str, Any] = {
        "needs": _names("needs", needs),
        "uses": _names("uses", uses),
        "writes": _names("writes", writes),
        "extends": _names("extends", extends),
        "transient": _names("transient", transient),
        "sets": _names("sets", sets),
        "edits-text": bool(edits_text),
    }

    def define(target: Callable[..., Any]) -> Stage:
        defined = Stage(target, name or _kebab(target.__name__).lower(), version, contract)
        _stages.append(defined)
        return defined

    return define if target is None else define(target)


def apply(stage: Stage, document: Union[str, Document], **settings: Any) -> Outcome:
    """Takes a document, or a text, through a stage, without docmill: for tests.

    Settings are given by name, with underscores for hyphens. Raises what the stage raises, and
    `ValueError` where docmill would refuse the changes.
    """
    if not isinstance(stage, Stage):
        raise TypeError("the first argument is a stage: what @docmill.stage(…) stands above")
    document = Document(document) if isinstance(document, str) else document
    for layer in stage.contract["needs"]:
        if not document.has_layer(layer):
            raise DocumentError(f"the document lacks the layer `{layer}`; give it one")
    built = stage.build({_kebab(key): value for key, value in settings.items()})
    changes, dropped = stage.take(built, document)
    layers = {
        name: tuple(sorted(made, key=lambda one: (one.start, -one.end)))
        for name, made in (
            (name, [Annotation(document.text, one) for one in members])
            for name, members in changes._layers.items()
        )
    }
    for name in [*stage.contract["writes"], *stage.contract["transient"]]:
        layers.setdefault(name, ())
    return Outcome(dropped, changes._new_text(), layers, dict(changes._metadata))


def run(stage: Optional[Stage] = None) -> None:
    """Is a stage of docmill: answers documents until there are no more.

    Stands at the end of the program. Without an argument it runs the one stage that was defined.
    Does nothing where the file was imported, so that tests can import it.
    """
    caller = sys._getframe(1).f_globals.get("__name__")
    if caller != "__main__":
        return
    if stage is None:
        if len(_stages) != 1:
            names = ", ".join(defined.name for defined in _stages) or "none"
            sys.exit(f"docmill.run() runs one stage, and defined are: {names}; name it: run(STAGE)")
        stage = _stages[0]
    pipes = _taken_pipes or _take_pipes()
    if pipes.documents.isatty():
        sys.exit(
            "this program is a stage of docmill, which starts it where a pipeline file says\n\n"
            '    [[stage]]\n    use = "command"\n'
            f"    program = {json.dumps(['python3', sys.argv[0]])}\n"
        )
    try:
        _serve(stage, pipes)
    except BrokenPipeError:
        # docmill is gone. What is still in the buffer must not be written when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), pipes.answers.fileno())


def _serve(stage: Stage, pipes: _Pipes) -> None:
    documents = iter(pipes.documents)
    hello = next(documents, None)
    if hello is None:
        return
    try:
        asked = json.loads(hello)
        if asked.get("docmill") != PROTOCOL:
            raise ValueError(
                f"docmill speaks version {asked.get('docmill')} of the protocol, and docmill.py "
                f"version {PROTOCOL}; `docmill new --lang python` makes a docmill.py that fits"
            )
        built = stage.build(asked.get("settings") or {})
    except SettingError as error:
        pipes.answer({"error": str(error), "setting": error.setting})
        return
    except Exception as error:
        pipes.answer({"error": _told(error, stage)})
        return
    pipes.answer(
        {
            "docmill": PROTOCOL,
            "name": stage.name,
            "version": stage.version,
            "offsets": "chars",
            "contract": stage.contract,
        }
    )
    for line in documents:
        try:
            members = json.loads(line)
            document = Document(
                members["text"],
                id=members.get("id", ""),
                metadata=members.get("metadata"),
                layers=members.get("layers"),
            )
            changes, dropped = stage.take(built, document)
            answer = {"id": document.id} if document.id else {}
            answer.update(changes._answer())
            if dropped is not None:
                answer["drop"] = dropped
            encoded = _encoded(answer)
        except DocumentError as error:
            encoded = _encoded({"error": str(error)})
        except Exception as error:
            encoded = _encoded({"error": _told(error, stage)})
        pipes.send(encoded)


class _Pipes(NamedTuple):
    """The two ends of the protocol."""

    documents: BinaryIO
    answers: BinaryIO

    def answer(self, answer: Mapping[str, Any]) -> None:
        self.send(_encoded(answer))

    def send(self, line: bytes) -> None:
        self.answers.write(line)
        self.answers.flush()


def _take_pipes() -> _Pipes:
    """Moves the protocol away from standard input and output, so that nothing that the stage, its
    libraries and the programs they start print or read can get into it."""
    documents = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout = sys.stderr
    return _Pipes(documents, answers)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _encoded(answer: Mapping[str, Any]) -> bytes:
    text = _ENCODER.encode(answer)
    # A half of a surrogate pair, which can only come from the message of an error.
    return text.encode("utf-8", "backslashreplace" if "error" in answer else "strict") + b"\n"


def _told(error: BaseException, stage: Stage) -> str:
    """An exception as users read it: its type, its message and where it was raised."""
    try:
        file = os.path.abspath(inspect.getsourcefile(inspect.unwrap(stage.target)) or "")
    except TypeError:
        file = ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if os.path.abspath(frame.filename) == file]
    others = [frame for frame in frames if frame.filename != __file__]
    found = (own or others or frames)[-1:]
    message = f"{type(error).__name__}: {error}".rstrip(": ")
    for frame in found:
        message += f" ({os.path.basename(frame.filename)}, line {frame.lineno})"
    return message


class _Settings:
    """The settings of a stage: the keyword arguments of what it is made of."""

    def __init__(self, target: Callable[..., Any]) -> None:
        is_class = inspect.isclass(target)
        if is_class and not any("__call__" in vars(one) for one in target.__mro__):
            raise TypeError(f"{target.__name__} needs a method __call__(self, document, changes)")
        parameters = list(inspect.signature(target).parameters.values())
        if not is_class:
            given = parameters[:2]
            if len(given) < 2 or any(p.kind > p.POSITIONAL_OR_KEYWORD for p in given):
                raise TypeError(f"{target.__name__} takes two arguments: document, changes")
            parameters = parameters[2:]
        by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        self.parameters = {_kebab(p.name): p for p in parameters if p.kind in by_name}
        self.open = any(p.kind == p.VAR_KEYWORD for p in parameters)
        try:
            self.types = typing.get_type_hints(target.__init__ if is_class else target)
        except Exception:
            # Types that this version of Python cannot make out are not checked.
            self.types = {}

    def read(self, settings: Mapping[str, Any]) -> Dict[str, Any]:
        """The arguments."""
        arguments: Dict[str, Any] = {}
        for name, value in settings.items():
            pointer = _pointer("", name)
            parameter = self.parameters.get(name)
            if parameter is not None:
                wanted = self.types.get(parameter.name, Any)
                arguments[parameter.name] = _fitted(value, wanted, pointer, f"`{name}`")
            elif self.open:
                arguments[name.replace("-", "_")] = value
            else:
                raise SettingError(pointer, self._unknown(name))
        for name, parameter in self.parameters.items():
            if parameter.default is parameter.empty and parameter.name not in arguments:
                wanted = _wanted(self.types.get(parameter.name, Any))
                raise SettingError("/", f"the setting `{name}` is missing; it takes {wanted}")
        return arguments

    def defaults(self) -> Dict[str, Any]:
        """The arguments that stand where nothing is said."""
        parameters = self.parameters.values()
        return {p.name: p.default for p in parameters if p.default is not p.empty}

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.parameters, 1)
        if near:
            return f"there is no setting `{name}`; did you mean `{near[0]}`?"
        if not self.parameters:
            return f"there is no setting `{name}`; take it out, for there are none"
        known = ", ".join(f"`{known}`" for known in self.parameters)
        return f"there is no setting `{name}`; there are {known}"


def _fitted(value: Any, wanted: Any, pointer: str, what: str) -> Any:
    """The value of a setting, if it is of the wanted type."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if _is_union(origin):
        for alternative in arguments:
            try:
                return _fitted(value, alternative, pointer, what)
            except SettingError:
                pass
    elif origin is typing.Literal:
        if any(type(value) is type(choice) and value == choice for choice in arguments):
            return value
        if any(type(value) is type(choice) for choice in arguments):
            shown = json.dumps(value, ensure_ascii=False)
            raise SettingError(pointer, f"{what} cannot be {shown}; it takes {_wanted(wanted)}")
    elif wanted is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    elif wanted is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif wanted in (str, bool):
        if isinstance(value, wanted):
            return value
    elif wanted is type(None):
        if value is None:
            return value
    elif wanted is list or origin is list:
        if isinstance(value, (list, tuple)):
            of = arguments[0] if arguments else Any
            return [
                _fitted(member, of, _pointer(pointer, str(at)), f"{what[:-1]}[{at}]`")
                for at, member in enumerate(value)
            ]
    elif wanted is dict or origin is dict:
        if isinstance(value, dict):
            of = arguments[1] if arguments else Any
            return {
                key: _fitted(member, of, _pointer(pointer, key), f"{what[:-1]}.{key}`")
                for key, member in value.items()
            }
    else:
        return value
    raise SettingError(pointer, f"{what} takes {_wanted(wanted)}, and this is {_kind(value)}")


_KINDS = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
    type(None): "nothing",
}


def _wanted(wanted: Any) -> str:
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if _is_union(origin):
        return " or ".join(_wanted(one) for one in arguments if one is not type(None))
    if origin is typing.Literal:
        return " or ".join(json.dumps(choice, ensure_ascii=False) for choice in arguments)
    return _KINDS.get(origin or wanted, "a value")


def _kind(value: Any) -> str:
    if isinstance(value, float):
        return "a number with a fraction"
    return _KINDS.get(type(value), "another")


def _is_union(origin: Any) -> bool:
    return origin is Union or getattr(origin, "__name__", "") == "UnionType"


def _piece_form(piece: Piece) -> Dict[str, Any]:
    if isinstance(piece, Kept):
        return {"len": piece.end - piece.start, "at": int(piece.start)}
    if isinstance(piece, Decoded):
        taken = [int(piece.start), int(piece.end)]
        return {"len": len(piece.text), "from": taken, "how": piece.how}
    return {"len": len(piece.text)}


def _with_spans(value: Any) -> Any:
    """A value as it is read: an object of `start` and `end` is a span."""
    if isinstance(value, dict) and len(value) == 2 and "start" in value and "end" in value:
        return Span(value["start"], value["end"])
    if isinstance(value, list):
        return [_with_spans(member) for member in value]
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is a string, not {value!r}")
    if not value.isascii():
        # A half of a surrogate pair cannot be written.
        value.encode("utf-8")
    return value


def _number(value: Any, what: str) -> Union[int, float]:
    if type(value) is float and math.isfinite(value):
        return value
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{what} is a number, not {value!r}")
    if isinstance(value, numbers.Integral):
        return int(value)
    if not math.isfinite(value):
        raise ValueError(f"{what} is infinite or not a number")
    return float(value)


def _reason(reason: Any) -> str:
    if not isinstance(reason, str) or not re.fullmatch(r"[a-z0-9-]{1,64}", reason):
        raise ValueError(f"{reason!r} is no name of a reason; write one such as `too-short`")
    return reason


def _names(key: str, names: Iterable[str]) -> List[str]:
    if isinstance(names, str):
        raise TypeError(f'`{key}` takes a list: {key}=["{names}"]')
    return [_text(name, f"a name in `{key}`") for name in names]


def _undeclared(what: str, key: str, name: str) -> ValueError:
    hint = f'@docmill.stage({key}=["{name}"])'
    return ValueError(f"the stage does not say that it writes the {what} `{name}`: {hint}")


@functools.lru_cache(maxsize=1024)
def _kebab(name: str) -> str:
    return name.strip("_").replace("_", "-")


def _pointer(pointer: str, step: str) -> str:
    return f"{pointer}/{step.replace('~', '~0').replace('/', '~1')}"


#: docmill says in the environment that it has started this program: from here on, nothing that is
#: printed gets into the protocol. What the program itself starts is not told so.
_taken_pipes: Optional[_Pipes] = _take_pipes() if os.environ.pop("DOCMILL_COMMAND", "") else None
