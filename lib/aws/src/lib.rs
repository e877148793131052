//! The Store and Notices of AWS: the only crate that names aws-sdk-*.
