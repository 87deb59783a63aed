//! What the documents are put together from. None of it means anyone.

type Words = &'static [&'static str];

pub(crate) const MENU: Words =
    &["menu", "search", "Home", "Skip to content", "Subscribe", "Sections"];

pub(crate) const ADVERTS: Words = &[
    "Advertisement",
    "Read more: What the summit means for the region",
    "We use cookies to improve your experience. Accept all",
    "Sign up for our newsletter",
    "ALSO READ: Five things to know about the talks",
];

pub(crate) const TAILS: Words = &[
    "Share this article",
    "Follow us",
    "© 2026 The Example Herald. All rights reserved.",
    "read more:",
    "Register for free",
    "Already registered? Sign in.",
    "Most read",
    "12 comments",
    "Get notifications to stay updated",
];

pub(crate) const OUTLETS: Words =
    &["Example Herald", "Harbour Post", "Northern Gazette", "The Daily Lantern"];

pub(crate) const AGENCIES: Words = &["AGENCY/POOL", "Example Press", "HARBOUR PHOTOS"];

pub(crate) const ACTORS: Words = &[
    "Norway",
    "Ukraine",
    "Israel",
    "Russia",
    "Iran",
    "Germany",
    "France",
    "Kenya",
    "Peru",
    "Japan",
    "Turkey",
    "Egypt",
    "Poland",
    "the Ukrainian government",
    "the Israeli foreign ministry",
    "Russian forces",
    "Brussels",
    "Washington",
    "Beijing",
    "Kyiv",
    "NATO",
    "the European Union",
    "the United Nations",
    "the Red Cross",
    "the opposition Harbour Party",
];

pub(crate) const DEEDS: Words = &[
    "condemned",
    "praised",
    "sent humanitarian aid to",
    "refused to send weapons to",
    "imposed sanctions on",
    "thanked",
    "asked for help from",
    "signed an agreement with",
    "accused",
    "warned",
    "did not criticise",
    "has promised support for",
    "voted against",
    "called on",
    "held talks with",
    "stopped deliveries to",
];

pub(crate) const ABOUT: Words = &[
    "over the grain corridor",
    "after the vote in the assembly",
    "on energy and water",
    "in a dispute over fishing rights",
    "for its part in the talks",
    "despite calls for calm",
    "over the border crossing",
    "with 22.5 million dollars in loans",
];

pub(crate) const WHEN: Words = &[
    "On Monday",
    "Last week",
    "In a statement on Friday",
    "Earlier this month",
    "On March 3",
    "Late in the evening",
];

pub(crate) const OPENINGS: Words = &[
    "The decision came after weeks of talks behind closed doors",
    "Prices have risen by 4.2 per cent since January",
    "Thousands of people marched through the old town",
    "The committee met for the third time in as many days",
    "A report of 120 pages lists what went wrong",
    "Officials in the capital declined to comment",
];

pub(crate) const CIRCUMSTANCES: Words = &[
    "while prices went on rising",
    "as talks entered their second week",
    "though no date has been set",
    "which neither side denied",
    "in what observers called a turn",
    "before the delegation left",
];

pub(crate) const PLACES: Words =
    &["Geneva", "Oslo", "Cairo", "Lima", "Nairobi", "Vienna", "Ankara"];

pub(crate) const TITLES: Words = &[
    "President",
    "Prime Minister",
    "Foreign Minister",
    "Dr.",
    "spokeswoman",
    "Ambassador",
    "Gen.",
];

pub(crate) const FIRST: Words =
    &["Anna", "Ingrid", "José", "Miriam", "Tomasz", "Aylin", "Peter", "Grace", "Kenji", "Olena"];

pub(crate) const LAST: Words = &[
    "Solvang",
    "Haddad",
    "Kowalczyk",
    "Mendoza",
    "Njoroge",
    "Brandt",
    "Tanaka",
    "Marchenko",
    "O’Neill",
    "Demir",
];
