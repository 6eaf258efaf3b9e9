#!/bin/sh
# Adds the mutants to the workspace's own crates. As RUSTC_WORKSPACE_WRAPPER it leaves every dependency as it is built already, and its
# artifacts stand beside the ordinary ones.
rustc=$1
shift
exec "$rustc" "$@" --cfg tenantry_mutants
