//! What components make of documents.

use super::{
    Stop, Tried,
    documents::{Texts, Words, generated, of_kind},
    subject::{AnyContract, Candidate, candidates},
};
use crate::{
    Changes, Contract, DocumentBuf, DocumentError, Offsets, Reason, Verdict, Violation,
    engine::{
        doors::library::probe::{Made, Probe, Reply, ShownHost, ShownTables},
        registry::is_kebab_case,
    },
    json::write_answer,
};

/// How many generated documents a component gets where they are the matter.
const MANY: usize = 200;
/// And where they are tried several times.
const SOME: usize = 60;

/// What a component made of a document.
pub(super) struct Taken {
    /// All of it, to be compared.
    pub(super) told: Vec<u8>,
    /// What it wrote without saying so in its contract.
    undeclared: Option<Violation>,
    /// Why it failed the document.
    failed: Option<String>,
}

/// Takes a document through a component. What is wrong comes back where its answer breaks a promise; what it
/// declares is left aside.
pub(super) fn take(
    made: &mut Made,
    contract: &AnyContract,
    document: &DocumentBuf,
    tables: ShownTables,
) -> Result<Taken, String> {
    match contract {
        AnyContract::Stage(contract) => {
            answer(made.process(document, tables), contract, &document.text)
        }
        AnyContract::Encoder(contract) => {
            match made.encode(document, contract.outputs.len(), tables) {
                Reply::Gave(outputs) => {
                    let told = format!("{outputs:?}").into_bytes();
                    Ok(Taken { told, undeclared: None, failed: None })
                }
                Reply::Dropped(..) => Err("returns a verdict for an output".to_owned()),
                Reply::Refused { message, .. } => Ok(failed(message)),
                Reply::Wrong(what) => Err(what),
            }
        }
    }
}

fn failed(message: String) -> Taken {
    let told = format!("failed: {message}").into_bytes();
    Taken { told, undeclared: None, failed: Some(message) }
}

fn answer(reply: Reply<Changes>, contract: &Contract, text: &str) -> Result<Taken, String> {
    let (changes, verdict) = match reply {
        Reply::Gave(changes) => (changes, Verdict::Keep),
        Reply::Dropped(reason, changes) => {
            if !is_kebab_case(&reason) {
                return Err(format!(
                    "drops a document for the reason {reason:?}, which is no short kebab-case name"
                ));
            }
            (changes, Verdict::Drop(Reason::new(reason)))
        }
        Reply::Refused { message, .. } => return Ok(failed(message)),
        Reply::Wrong(what) => return Err(what),
    };
    changes.check(text, &all_of(&changes)).map_err(|violation| violation.to_string())?;
    let mut told = Vec::new();
    let outcome: Result<Verdict, DocumentError> = Ok(verdict);
    write_answer(&outcome, &changes, text, Offsets::Bytes, &mut told);
    let undeclared = changes.check(text, contract).err();
    Ok(Taken { told, undeclared, failed: None })
}

/// A contract that declares all that a change set holds.
fn all_of(changes: &Changes) -> Contract {
    let arrays = &changes.arrays;
    let mut contract = Contract::new().edits_text();
    for layer in &arrays.layers {
        contract = contract.writes(arrays.str(layer.name));
    }
    for feature in &arrays.metadata {
        contract = contract.sets(arrays.str(feature.key));
    }
    contract
}

/// Documents without any difficulty.
pub(super) fn plain(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        let mut made = candidate.create(ShownHost::Own)?;
        for document in some(&contract) {
            take(&mut made, &contract, &document, ShownTables::Own)
                .map_err(|what| candidate.broken(of_document(&what, &document)))?;
        }
    }
    Ok(format!("{SOME} documents"))
}

/// Documents of one kind.
pub(super) fn texts(probe: &Probe, kind: Texts) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        let mut made = candidate.create(ShownHost::Own)?;
        for document in of_kind(kind, &Candidate::layers(&contract)) {
            take(&mut made, &contract, &document, ShownTables::Own)
                .map_err(|what| candidate.broken(of_document(&what, &document)))?;
        }
    }
    Ok(String::new())
}

/// Many documents; not all of them may fail.
pub(super) fn many(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        let mut made = candidate.create(ShownHost::Own)?;
        let (mut answered, mut last) = (0, String::new());
        for document in generated(MANY, Words::Any, &Candidate::layers(&contract)) {
            let taken = take(&mut made, &contract, &document, ShownTables::Own)
                .map_err(|what| candidate.broken(of_document(&what, &document)))?;
            match taken.failed {
                Some(message) => last = message,
                None => answered += 1,
            }
        }
        if answered == 0 {
            return Err(candidate.broken(format_args!("fails every document: {last}")));
        }
    }
    Ok(format!("{MANY} documents"))
}

/// Only what the contract declares is written.
pub(super) fn declared(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        let mut made = candidate.create(ShownHost::Own)?;
        for document in some(&contract) {
            let taken = take(&mut made, &contract, &document, ShownTables::Own);
            if let Ok(Taken { undeclared: Some(violation), .. }) = taken {
                return Err(candidate.broken(of_document(&violation.to_string(), &document)));
            }
        }
    }
    Ok(String::new())
}

/// What an instance makes of each document. A broken promise is a result like any other: other checks report it.
pub(super) fn results(
    made: &mut Made,
    contract: &AnyContract,
    documents: &[DocumentBuf],
    tables: ShownTables,
) -> Vec<Vec<u8>> {
    let told = |document| match take(made, contract, document, tables) {
        Ok(taken) => taken.told,
        Err(what) => what.into_bytes(),
    };
    documents.iter().map(told).collect()
}

/// The documents that are tried several times. Their text is plain: how a component does with others is the matter of
/// other checks.
pub(super) fn some(contract: &AnyContract) -> Vec<DocumentBuf> {
    generated(SOME, Words::Plain, &Candidate::layers(contract))
}

/// Equal results on two runs, from two instances, in another order.
pub(super) fn same_results(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        let documents = some(&contract);
        let of = |made: &mut Made, documents: &[DocumentBuf]| {
            results(made, &contract, documents, ShownTables::Own)
        };
        let mut made = candidate.create(ShownHost::Own)?;
        let mut fresh = candidate.create(ShownHost::Own)?;
        for document in &documents {
            let one = std::slice::from_ref(document);
            if of(&mut made, one) != of(&mut made, one) {
                return Err(candidate.broken(of_document(
                    "gives another result for the same document on a second run",
                    document,
                )));
            }
        }
        let first = of(&mut made, &documents);
        compare(
            &candidate,
            "from a second instance",
            &documents,
            &first,
            of(&mut fresh, &documents),
        )?;
        let mut turned = documents.clone();
        turned.reverse();
        let mut third = candidate.create(ShownHost::Own)?;
        let mut back = of(&mut third, &turned);
        back.reverse();
        compare(&candidate, "after other documents", &documents, &first, back)?;
    }
    Ok(String::new())
}

/// That two ways of taking the same documents came to the same.
pub(super) fn compare(
    candidate: &Candidate<'_>,
    how: &str,
    documents: &[DocumentBuf],
    expected: &[Vec<u8>],
    found: Vec<Vec<u8>>,
) -> Result<(), Stop> {
    let different = expected.iter().zip(&found).position(|(one, other)| one != other);
    match different.and_then(|at| documents.get(at)) {
        Some(document) => {
            let what = format!("gives another result for the same document {how}");
            Err(candidate.broken(of_document(&what, document)))
        }
        None => Ok(()),
    }
}

/// The same from tables as a later version would show them.
pub(super) fn longer_tables(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        let documents = some(&contract);
        let mut made = candidate.create(ShownHost::Own)?;
        let expected = results(&mut made, &contract, &documents, ShownTables::Own);
        let mut made = candidate.create(ShownHost::Own)?;
        let found = results(&mut made, &contract, &documents, ShownTables::Longer);
        if let Some(at) = expected.iter().zip(&found).position(|(one, other)| one != other) {
            let said = found.get(at).map(|told| String::from_utf8_lossy(told)).unwrap_or_default();
            let said: String = said.chars().take(80).collect();
            return Err(candidate.broken(format_args!(
                "answers otherwise when the tables are longer than it knows: {said}"
            )));
        }
    }
    Ok(String::new())
}

/// What is wrong, and the text it is wrong with.
fn of_document(what: &str, document: &DocumentBuf) -> String {
    let text = &document.text;
    match text.char_indices().nth(40) {
        Some((end, _)) => {
            format!("{what} (the text begins {:?})", text.get(..end).unwrap_or_default())
        }
        None => format!("{what} (the text is {text:?})"),
    }
}
