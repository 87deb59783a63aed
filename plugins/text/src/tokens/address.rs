//! Web addresses, e-mail addresses, @handles and #tags.

use crate::characters::Class;
use crate::token::TokenKind;

use super::Scanner;

impl Scanner<'_> {
    /// The end of the web address whose first part was scanned up to `at`: white space, a quotation
    /// mark or an angle bracket ends it; punctuation at its end, and a bracket that was not opened
    /// in it, are left out.
    pub(super) fn web_address_end(&self, start: usize, at: usize) -> usize {
        let mut end = at;
        while let Some((class, length)) = self.class(end) {
            let ends = match class {
                Class::Space | Class::Ideograph => true,
                Class::Apostrophe | Class::Punctuation => length > 1 || self.byte(end) == b'"',
                Class::Symbol => {
                    matches!(self.byte(end), b'<' | b'>' | b'`' | b'|' | b'\0'..=b'\x1f')
                }
                _ => false,
            };
            if ends {
                break;
            }
            end += length;
        }
        let count = |sought: u8| {
            self.bytes.get(start..end).unwrap_or(&[]).iter().filter(|byte| **byte == sought).count()
        };
        let (mut round, mut square) =
            (count(b')').saturating_sub(count(b'(')), count(b']').saturating_sub(count(b'[')));
        while end > at {
            match self.byte(end - 1) {
                b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*' | b'}' => {}
                b')' if round > 0 => round -= 1,
                b']' if square > 0 => square -= 1,
                _ => break,
            }
            end -= 1;
        }
        end
    }

    /// The end of the e-mail address whose `@` stands at `at`, if a domain follows.
    pub(super) fn domain_end(&self, at: usize) -> Option<usize> {
        if !self.goes_on(at + 1) {
            return None;
        }
        let mut end = at + 1;
        while self.byte(end).is_ascii_alphanumeric() || matches!(self.byte(end), b'.' | b'-') {
            end += 1;
        }
        while end > at + 1 && matches!(self.byte(end - 1), b'.' | b'-') {
            end -= 1;
        }
        (end > at + 1).then_some(end)
    }

    /// A token that starts with `@` or `#`: with the name after it, or alone.
    pub(super) fn handle(&mut self, at: usize) -> usize {
        match self.class(at + 1) {
            Some((Class::Letter, _)) => {}
            Some((Class::Digit, _)) if self.byte(at) == b'@' => {}
            _ => return self.push(at, at + 1, TokenKind::Punctuation),
        }
        let end = self.run(at + 1);
        self.push(at, end, TokenKind::Word)
    }
}
