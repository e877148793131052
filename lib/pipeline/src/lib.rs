//! Events to jobs, jobs to outcomes: the rules of Darkroom over a [`store::Store`] and a [`store::Notices`], without AWS.

pub mod key;
pub mod manifest;
pub mod notice;
pub mod store;
