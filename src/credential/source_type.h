// SPDX-License-Identifier: MIT
#ifndef ENL_CREDENTIAL_SOURCE_TYPE_H
#define ENL_CREDENTIAL_SOURCE_TYPE_H

// What the last part of a digital source type (IPTC NewsCodes) means, said of a file: "Made by AI". NULL: there is no
// such type.
const char *enl_source_type_meaning(const char *type);

#endif
