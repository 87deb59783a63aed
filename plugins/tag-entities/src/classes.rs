//! Classes of words: what a word can be, by itself, to the rules. The lists are in `words/classes.txt`.

/// What a word can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Class {
    /// The last word of an office whose holder acts for a state: `minister`.
    StateOffice,
    /// What stands before it: `deputy`, `foreign`.
    OfficeModifier,
    /// What someone is who speaks for themselves: `lawmaker`, `singer`.
    OwnOffice,
    /// `Mr`, `Dr`.
    FormOfAddress,
    /// After a demonym, means the government: `officials`, `army`.
    Government,
    /// After a demonym, someone or something that does not act for the state: `singer`, `farmers`.
    Private,
    /// A verb of saying or deciding.
    Says,
    /// Another verb whose subject can be a government.
    Acts,
    /// After it, a city is mostly a place: `in`.
    Locative,
    /// After it, a city is mostly a government: `with`.
    Toward,
    /// `ties` (with), `aid` (to).
    Bond,
    /// `visit` (to).
    Travel,
    /// `van`, `bin`.
    Particle,
    /// The last word of an organisation's name.
    OrganisationLast,
    /// The word before `of` in an organisation's name.
    OrganisationFirst,
    /// The last word of a place's name.
    PlaceLast,
    /// The first word of a place's name.
    PlaceFirst,
    /// No name, whatever its letters.
    NoName,
    /// A faith, people or camp.
    Group,
    /// A name that is also an ordinary word.
    Ambiguous,
    /// A given name.
    FirstName,
    /// A family name.
    Surname,
    /// One word that names a country, a capital or those who live there.
    Nation,
    /// One word with a hyphen that is in the lists as a whole.
    Hyphenated,
    /// The adjective of a country.
    Demonym,
    /// Behind a city's name, makes it a place: `streets`.
    CityNoun,
    /// Before `of` and a city's name, makes it a place: `outskirts`.
    CityHead,
    /// `eastern`.
    PlaceAdjective,
    /// In the name of an organ of state: `ministry`.
    Organ,
    /// The last word of an organ's name, where a country stands before it: `committee`.
    OfficialBody,
    /// `authorities`.
    Rulers,
    /// `dozens`.
    Counting,
    /// Inside an office: `for`.
    OfficeLink,
    /// `its`.
    Pronoun,
    /// Inside a name: `of`.
    Joining,
    /// Beside a name, makes it a place: `province`.
    Settlement,
    /// Behind a city's bare name, tells what happened there: `bombings`.
    CityEvent,
    /// Of an office that its holder has left or wants: `former`, `candidate`.
    NoLonger,
    /// A family name that comes first: `Xi`.
    FamilyFirst,
    /// The first word of a place's name before `of`: `Gulf`.
    PlaceOf,
}

impl Class {
    /// The class that a heading of the list opens.
    pub(crate) fn of_heading(heading: &str) -> Option<Self> {
        Some(match heading {
            "state-office" => Class::StateOffice,
            "office-modifier" => Class::OfficeModifier,
            "own-office" => Class::OwnOffice,
            "form-of-address" => Class::FormOfAddress,
            "government" => Class::Government,
            "private" => Class::Private,
            "says" => Class::Says,
            "acts" => Class::Acts,
            "locative" => Class::Locative,
            "toward" => Class::Toward,
            "bond" => Class::Bond,
            "travel" => Class::Travel,
            "particle" => Class::Particle,
            "organisation-last" => Class::OrganisationLast,
            "organisation-first" => Class::OrganisationFirst,
            "place-last" => Class::PlaceLast,
            "place-first" => Class::PlaceFirst,
            "no-name" => Class::NoName,
            "group" => Class::Group,
            "ambiguous" => Class::Ambiguous,
            "city-noun" => Class::CityNoun,
            "city-head" => Class::CityHead,
            "place-adjective" => Class::PlaceAdjective,
            "organ" => Class::Organ,
            "official-body" => Class::OfficialBody,
            "rulers" => Class::Rulers,
            "counting" => Class::Counting,
            "office-link" => Class::OfficeLink,
            "pronoun" => Class::Pronoun,
            "joining" => Class::Joining,
            "settlement" => Class::Settlement,
            "city-event" => Class::CityEvent,
            "no-longer" => Class::NoLonger,
            "family-first" => Class::FamilyFirst,
            "place-of" => Class::PlaceOf,
            _ => return None,
        })
    }
}

/// A set of classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes(u64);

impl Classes {
    /// No class.
    pub(crate) const NONE: Classes = Classes(0);

    /// Adds a class.
    pub(crate) fn insert(&mut self, class: Class) {
        self.0 |= 1 << class as u8;
    }

    /// The set as bits.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// The numbers of the classes in it.
    pub(crate) fn each(self) -> impl Iterator<Item = u32> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let class = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            (class < 64).then_some(class)
        })
    }

    /// Whether it holds the class.
    #[inline]
    pub(crate) fn has(self, class: Class) -> bool {
        self.0 >> class as u8 & 1 == 1
    }

    /// Whether it holds any of them.
    pub(crate) fn any(self, classes: &[Class]) -> bool {
        classes.iter().any(|class| self.has(*class))
    }
}
