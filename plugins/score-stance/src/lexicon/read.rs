//! Reads the word lists.

use docmill_core::vocab::stances::Kind;
use docmill_text::fold_hash;

use super::*;
use crate::inflect::{self, Form};

impl Lexicon {
    pub(super) fn read() -> Self {
        let mut lexicon = Lexicon { words: vec![Word::default()], ..Lexicon::default() };
        for fields in rows(include_str!("../../words/irregular.tsv")) {
            if let [lemma, past, part] = fields[..] {
                lexicon.irregular.insert(lemma, (past, part));
            }
        }
        lexicon.read_closed_classes();
        lexicon.read_verbs();
        lexicon.read_nouns();
        lexicon.read_valuations();
        lexicon.read_ties();
        lexicon.read_judging_words();
        lexicon.known = lexicon.known_words();
        lexicon
    }

    fn read_closed_classes(&mut self) {
        for fields in rows(include_str!("../../words/closed.tsv")) {
            let [class, words] = fields[..] else { continue };
            let tag = match class {
                "det" => Tags::DET,
                "number" => Tags::NUMBER,
                "poss-pronoun" => Tags::POSS_PRONOUN,
                "pronoun" => Tags::PRONOUN,
                "wh" => Tags::WH,
                "that" => Tags::THAT,
                "be" => Tags::BE,
                "have" => Tags::HAVE,
                "do" => Tags::DO,
                "modal" => Tags::MODAL,
                "neg" => Tags::NEG,
                "to" => Tags::TO,
                "prep" => Tags::PREP,
                "conj" => Tags::CONJ,
                "but" => Tags::BUT,
                "sub" => Tags::SUB,
                "adv" => Tags::ADV,
                "negdet" => Tags::NO,
                "adj" => Tags::ADJ,
                "quantity" => Tags::QUANTITY,
                "envoy" => Tags::NOUN.or(Tags::ENVOY),
                "intent" => Tags::NOUN.or(Tags::INTENT),
                "refusal" => Tags::NOUN.or(Tags::UNWILLING),
                "unwilling" => Tags::ADJ.or(Tags::UNWILLING),
                _ => Tags::NOUN,
            };
            for word in words.split(' ') {
                self.add(word, tag);
            }
        }
    }

    fn read_verbs(&mut self) {
        for line in lines(include_str!("../../words/verbs.txt")) {
            for word in line.split(' ') {
                let lemma = word.trim_end_matches('*');
                self.verb(lemma);
                if lemma.len() < word.len() {
                    self.add(lemma, Tags::NOUN);
                    self.add(&inflect::plural(lemma), Tags::NOUN.or(Tags::PLURAL));
                }
            }
        }
        for fields in rows(include_str!("../../words/stance-verbs.tsv")) {
            let [words, kind, slots, ..] = fields[..] else { continue };
            let mut words = words.split(' ');
            let Some((lemma, kind)) = words.next().zip(Kind::of_name(kind)) else { continue };
            let (targets, besides) = slots.split_once(';').unwrap_or((slots, ""));
            let frame = VerbFrame {
                particles: words.map(|word| self.word_id(word)).collect(),
                kind,
                targets: self.slots(targets),
                besides: self.slots(besides),
                flags: flags_of(&fields, 3),
            };
            let verb = self.verb(lemma);
            let verb = &mut self.verbs[usize::from(verb)];
            verb.is_ditransitive |= frame.targets.iter().any(|slot| slot.place == Place::Indirect);
            verb.frames.push(frame);
            verb.frames.sort_by_key(|frame| std::cmp::Reverse(frame.particles.len()));
        }
        for fields in rows(include_str!("../../words/operators.tsv")) {
            let [lemma, noun, verb, control] = fields[..] else { continue };
            let operator = Operator {
                noun: effect(noun),
                verb: effect(verb),
                control: match control {
                    "obj" => Control::Object,
                    "both" => Control::Both,
                    _ => Control::Subject,
                },
            };
            let at = self.verb(lemma);
            let known = &mut self.verbs[usize::from(at)].operator;
            *known = Some(match *known {
                Some(known) if noun == "none" => Operator { noun: known.noun, ..operator },
                _ => operator,
            });
        }
        for line in lines(include_str!("../../words/cues.tsv")) {
            let at = self.verb(line);
            self.verbs[usize::from(at)].is_cue = true;
        }
    }

    fn read_nouns(&mut self) {
        for fields in rows(include_str!("../../words/stance-nouns.tsv")) {
            let [lemma, kind, slots, holders, ..] = fields[..] else { continue };
            let Some(kind) = Kind::of_name(kind) else { continue };
            let targets = self.slots(slots);
            let noun = Noun {
                lemma: lemma.into(),
                kind,
                sign: targets.first().map_or(0, |slot| slot.sign),
                targets,
                holders: holders
                    .split(' ')
                    .filter(|word| !word.is_empty())
                    .map(|word| self.word_id(word))
                    .collect(),
                flags: flags_of(&fields, 4),
            };
            let at = self.nouns.len() as u16;
            self.nouns.push(noun);
            let noun = Tags::NOUN.or(Tags::STANCE);
            let singular = self.add(lemma, noun);
            let plural = self.add(&inflect::plural(lemma), noun.or(Tags::PLURAL));
            for id in [singular, plural] {
                self.words[id as usize].noun = Some(at);
            }
        }
        for (list, tag) in [
            (include_str!("../../words/agents.txt"), Tags::AGENT.or(Tags::NOUN)),
            (include_str!("../../words/goods.txt"), Tags::GOODS.or(Tags::NOUN)),
            (include_str!("../../words/harms.txt"), Tags::HARM.or(Tags::NOUN)),
            (include_str!("../../words/deeds.txt"), Tags::DEED.or(Tags::NOUN)),
            (include_str!("../../words/people.txt"), Tags::PEOPLE.or(Tags::NOUN)),
            (include_str!("../../words/times.txt"), Tags::TIME.or(Tags::NOUN)),
        ] {
            for word in lines(list).flat_map(|line| line.split(' ')) {
                self.add(word, tag);
            }
        }
    }

    fn read_valuations(&mut self) {
        for fields in rows(include_str!("../../words/valuations.tsv")) {
            let [word, sign, scope] = fields[..] else { continue };
            let scope = match scope {
                "tie" => Tags::OF_TIES,
                "any" => Tags::OF_TIES.or(Tags::OF_ACTORS),
                "actor" => Tags::OF_ACTORS,
                "toward" => Tags::TOWARD,
                _ => Tags::default(),
            };
            let id = self.add(word, scope.or(Tags::ADJ));
            if let Some(sign) = sign_of(sign) {
                self.words[id as usize].value = sign;
            }
        }
    }

    fn read_ties(&mut self) {
        for fields in rows(include_str!("../../words/ties.tsv")) {
            let [word, sign, places] = fields[..] else { continue };
            let Some(sign) = sign_of(sign) else { continue };
            for place in places.split(' ') {
                let place = match place {
                    "obj" => TieSign::Object,
                    "subj" => TieSign::Subject,
                    _ => TieSign::Of,
                };
                self.ties.insert((word, place), sign);
                if place == TieSign::Of {
                    self.add(word, Tags::NOUN)
                } else {
                    self.verb(word).into()
                };
            }
        }
    }

    fn read_judging_words(&mut self) {
        for fields in rows(include_str!("../../words/judging.txt")) {
            let [value, words] = fields[..] else { continue };
            let value = value.parse().unwrap_or_default();
            for word in words.split(' ') {
                for form in [word.to_owned(), inflect::plural(word), format!("{word}ly")] {
                    let id = self.word_id(&form);
                    let known = &mut self.words[id as usize].valence;
                    if *known == 0 {
                        *known = value;
                    }
                }
            }
        }
    }

    /// The slots of a field such as `obj- against-`.
    fn slots(&mut self, field: &str) -> Vec<Slot> {
        field
            .split(' ')
            .filter_map(|slot| {
                let (place, sign) = slot.split_at_checked(slot.len().checked_sub(1)?)?;
                let place = match place {
                    "obj" => Place::Object,
                    "iobj" => Place::Indirect,
                    "subj" => Place::Subject,
                    "near" => Place::Near,
                    prep => Place::After(self.word_id(prep)),
                };
                Some(Slot { place, sign: sign_of(sign)? })
            })
            .collect()
    }

    /// The verb of this lemma, with all its forms, added where it is new.
    fn verb(&mut self, lemma: &'static str) -> u16 {
        if let Some(at) = self.verb_index.get(lemma) {
            return *at;
        }
        let at = self.verbs.len() as u16;
        self.verbs.push(Verb { lemma: lemma.into(), ..Verb::default() });
        self.verb_index.insert(lemma, at);
        let (past, part) = match self.irregular.get(lemma) {
            Some((past, part)) => ((*past).to_owned(), (*part).to_owned()),
            None => {
                let past = inflect::verb(lemma, Form::Past);
                (past.clone(), past)
            }
        };
        let mut forms = vec![
            (inflect::verb(lemma, Form::Base), Tags::BASE),
            (inflect::verb(lemma, Form::Third), Tags::THIRD),
            (inflect::verb(lemma, Form::Ing), Tags::ING),
        ];
        forms.extend(past.split('/').map(|form| (form.to_owned(), Tags::PAST)));
        forms.extend(part.split('/').map(|form| (form.to_owned(), Tags::PART)));
        if lemma.ends_with('l') {
            forms.push((format!("{lemma}ing"), Tags::ING));
            if !self.irregular.contains_key(lemma) {
                forms.push((format!("{lemma}ed"), Tags::PAST.or(Tags::PART)));
            }
        }
        for (form, tag) in forms {
            let id = self.add(&form, tag);
            let word = &mut self.words[id as usize];
            word.verb.get_or_insert(at);
        }
        at
    }

    /// Adds classes to a word.
    fn add(&mut self, word: &str, tags: Tags) -> WordId {
        let id = self.word_id(word);
        let word = &mut self.words[id as usize];
        word.tags = word.tags.or(tags);
        id
    }

    fn word_id(&mut self, word: &str) -> WordId {
        let next = self.words.len() as WordId;
        let id = *self.index.entry(fold_hash(word)).or_insert(next);
        if id == next {
            self.words.push(Word { text: word.into(), ..Word::default() });
        }
        id
    }

    fn known_words(&self) -> Known {
        Known {
            by: self.find("by"),
            of: self.find("of"),
            from: self.find("from"),
            for_: self.find("for"),
            on: self.find("on"),
            with: self.find("with"),
            in_: self.find("in"),
            between: self.find("between"),
            at: self.find("at"),
            over: self.find("over"),
            across: self.find("across"),
            near: self.find("near"),
            to: self.find("to"),
            against: self.find("against"),
            as_: self.find("as"),
            if_: self.find("if"),
        }
    }
}

/// The flags in a column; a test sees to it that all are known.
fn flags_of(fields: &[&str], column: usize) -> Flags {
    fields.get(column).and_then(|flags| Flags::read(flags)).unwrap_or_default()
}

fn effect(name: &str) -> Effect {
    match name {
        "keep" => Effect::Keep,
        "deed" => Effect::Deed,
        "flip" => Effect::Flip,
        "half" => Effect::Half,
        "doubt" => Effect::Doubt,
        "get" => Effect::Get,
        "accept" => Effect::Accept,
        "refuse" => Effect::Refuse,
        "blame" => Effect::Blame,
        _ => Effect::None,
    }
}

fn sign_of(sign: &str) -> Option<i8> {
    match sign {
        "+" => Some(1),
        "-" => Some(-1),
        "0" => Some(0),
        _ => None,
    }
}

/// The lines of a list that are no comments.
fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// The lines of a table, split at tabs.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    lines(table).map(|line| line.split('\t').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_lead_to_their_verb() {
        let lexicon = english();
        for (form, lemma) in [
            ("Sought", "seek"),
            ("condemned", "condemn"),
            ("sending", "send"),
            ("strikes", "strike"),
            ("signaled", "signal"),
        ] {
            assert_eq!(lexicon.verb_of(lexicon.find(form)).map(|verb| &*verb.lemma), Some(lemma));
        }
        assert_eq!(lexicon.find("xyzzy"), UNKNOWN);
    }

    #[test]
    fn every_row_of_the_tables_is_read() {
        let verbs = (include_str!("../../words/stance-verbs.tsv"), 3);
        let nouns = (include_str!("../../words/stance-nouns.tsv"), 4);
        for (table, flags) in [verbs, nouns] {
            for fields in rows(table) {
                assert!(fields.len() >= 3 && Kind::of_name(fields[1]).is_some(), "{fields:?}");
                let flags = fields.get(flags).copied().unwrap_or_default();
                assert!(Flags::read(flags).is_some(), "{fields:?}");
                for slot in fields[2].split([' ', ';']).filter(|slot| !slot.is_empty()) {
                    assert!(sign_of(&slot[slot.len() - 1..]).is_some(), "{fields:?}");
                }
            }
        }
        for fields in rows(include_str!("../../words/operators.tsv")) {
            assert_eq!(fields.len(), 4, "{fields:?}");
        }
    }

    #[test]
    fn verbs_with_particles_come_first() {
        let lexicon = english();
        let call = lexicon.verb_of(lexicon.find("called")).unwrap();
        assert_eq!(call.frames[0].particles.len(), 1);
        assert!(call.frames.last().unwrap().particles.is_empty());
    }
}
