"""Where facts are looked up outside: the exclusion list, the NPI registry's file and its API. None knows another."""
