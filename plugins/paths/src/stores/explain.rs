//! What a store's errors mean, and what to do.
//!
//! The library's own messages hold whole requests and answers. Of these, only the status, the store's code for
//! the error and the innermost cause are shown: nothing of the credentials.

use std::error::Error;

use crate::address::{Address, Kind};

impl Kind {
    /// How the names of its variables begin.
    fn variables(self) -> &'static str {
        match self {
            Kind::S3 => "AWS",
            Kind::Google => "GOOGLE",
            Kind::Azure => "AZURE",
        }
    }

    /// Where its credentials come from.
    fn credentials(self) -> &'static str {
        match self {
            Kind::S3 => {
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SKIP_SIGNATURE=true for a public bucket), \
                 AWS_REGION, and AWS_ENDPOINT for a store that is not Amazon's"
            }
            Kind::Google => {
                "GOOGLE_SERVICE_ACCOUNT or GOOGLE_APPLICATION_CREDENTIALS (GOOGLE_SKIP_SIGNATURE=true for a \
                 public bucket)"
            }
            Kind::Azure => {
                "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY (AZURE_SKIP_SIGNATURE=true for a \
                 public container)"
            }
        }
    }
}

/// Why the client of a bucket could not be made.
pub(super) fn unbuilt(address: Address<'_>, error: &object_store::Error) -> String {
    format!("{}; set {}", innermost(error), address.kind.credentials())
}

/// What went wrong, and what to do.
pub(super) fn failed(kind: Kind, error: &object_store::Error) -> String {
    let settings = kind.credentials();
    if asked_for_credentials(error) {
        return format!("there are no credentials for the store; set {settings}");
    }
    let answer = answer(error);
    match answer.strip_prefix(ANSWERS).and_then(|status| status.get(..3)) {
        Some("401" | "403") => format!("{answer}: it refuses access; set {settings}"),
        Some("404") => format!("{answer}: there is no such bucket, or it is in another region"),
        _ if answer.contains(NO_TLS) => {
            let scheme = kind.variables();
            format!("its endpoint has no TLS; set {scheme}_ALLOW_HTTP=true if that is meant")
        }
        _ => answer,
    }
}

/// What the library says of an endpoint of `http://`, where nothing allows that.
const NO_TLS: &str = "URL scheme is not allowed";

/// How what is said of an answer begins.
const ANSWERS: &str = "the store answers ";

/// How the library begins the message of an answer that is an error, before the answer itself.
const STATUS: &str = "Server returned non-2xx status code: ";
const RESPONSE: &str = "Server returned error response: ";

/// The status and the store's code of an error, or its innermost cause.
fn answer(error: &(dyn Error + 'static)) -> String {
    let cause = innermost(error);
    if let Some(answer) = cause.strip_prefix(STATUS) {
        let (status, body) = answer.split_once(": ").unwrap_or((answer, ""));
        return format!("{ANSWERS}{status}{}", code(body).unwrap_or_default());
    }
    match cause.strip_prefix(RESPONSE) {
        Some(body) => format!("{ANSWERS}an error{}", code(body).unwrap_or_default()),
        None => cause,
    }
}

/// The code in an answer of XML, such as `AccessDenied`.
fn code(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let is_code = code.len() < 64 && code.chars().all(|c| c.is_ascii_alphanumeric());
    is_code.then(|| format!(", {code}"))
}

/// Whether it was the credentials of the machine that were asked for, as those of S3 and Azure are where the
/// environment names none.
fn asked_for_credentials(error: &(dyn Error + 'static)) -> bool {
    error.to_string().contains("//169.254.") || error.source().is_some_and(asked_for_credentials)
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    let cause = last.to_string();
    let words = cause.split(' ').map(|word| match word.contains("://") {
        // What is asked for may hold a signature.
        true => word.split('?').next().unwrap_or_default(),
        false => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(source: &str) -> object_store::Error {
        object_store::Error::Generic { store: "S3", source: source.into() }
    }

    #[test]
    fn no_signature_is_shown() {
        let error = generic("no answer from https://a.example/b?sig=secret&x=1 in time");
        assert_eq!(failed(Kind::Azure, &error), "no answer from https://a.example/b in time");
    }

    #[test]
    fn of_an_answer_the_status_and_the_code_are_shown() {
        let body =
            "<Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>";
        let error = generic(&format!("{STATUS}400 Bad Request: {body}"));
        let shown = failed(Kind::S3, &error);
        assert_eq!(shown, "the store answers 400 Bad Request, InvalidAccessKeyId");
    }

    #[test]
    fn a_code_is_a_word() {
        assert_eq!(code("<Error><Code>NoSuchKey</Code>").unwrap(), ", NoSuchKey");
        assert_eq!(code("<Code><b>x</b></Code>"), None);
        assert_eq!(code("no"), None);
    }
}
