# SPDX-License-Identifier: Apache-2.0
# Writes OUT with the commit of the checkout SOURCE, "unknown" outside one.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git -C "${SOURCE}" rev-parse --short=12 HEAD
  OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE FAILED)
if(FAILED)
  set(COMMIT "unknown")
endif()
file(CONFIGURE OUTPUT "${OUT}" CONTENT "#define COMMIT \"@COMMIT@\"\n" @ONLY)
