//! The document, the contract between stages, and the engine that runs pipelines of them.
