//! Events to jobs, jobs to outcomes: the rules of Darkroom over a Store and a Notices, without AWS.
