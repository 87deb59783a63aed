//! The stage `segment`: finds sentences and tokens once, for the stages after it.
