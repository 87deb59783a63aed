//! The stage `score-stance`: finds who takes which stance toward whom.
