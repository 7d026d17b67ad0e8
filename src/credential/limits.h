// SPDX-License-Identifier: MIT
// How much a stranger's file may ask for. Beyond these a file is refused or told to be malformed; nothing grows with
// it.
#ifndef ENL_CREDENTIAL_LIMITS_H
#define ENL_CREDENTIAL_LIMITS_H

#define ENL_MAX_STORE (64u << 20)   // bytes of a manifest store, as it stands in the file and unpacked
#define ENL_MAX_XMP (1u << 20)      // bytes of XMP that are read for a remote manifest's address
#define ENL_MAX_JUMBF_BOXES 8192    // in one store
#define ENL_MAX_JUMBF_DEPTH 12      // of boxes in boxes
#define ENL_MAX_LABEL 256           // bytes of a JUMBF label
#define ENL_MAX_CBOR_DEPTH 32       // of arrays, maps and tags in each other
#define ENL_MAX_CBOR_ITEMS 262144   // in one box
#define ENL_MAX_MANIFESTS 256       // in one store
#define ENL_MAX_INGREDIENT_DEPTH 16 // of photos in photos in photos
#define ENL_MAX_STATUSES 4096       // results of one check
#define ENL_MAX_LOOKUPS 32768       // of JUMBF URIs in one check
#define ENL_MAX_REDACTIONS 256      // of one claim
#define ENL_MAX_REPORTED (4u << 20) // bytes of an assertion that a report tells
#define ENL_MAX_CHAIN 16            // certificates that come with a signature
#define ENL_MAX_CERTIFICATE 16384   // bytes of one
#define ENL_MAX_TOKENS 8            // time-stamps and OCSP answers of one signature
#define ENL_MAX_TOKEN 65536         // bytes of one
#define ENL_MAX_BOXES 65536         // root boxes, segments or chunks of a file
#define ENL_MAX_BOX_DEPTH 16        // of BMFF boxes in each other
#define ENL_MAX_HEAD (64u << 20)    // bytes of a moov or meta box, which is held in memory while signing
#define ENL_MAX_EXCLUSIONS 64       // of one hard binding
#define ENL_MAX_LEAVES (1u << 20)   // of a file's Merkle trees
#define ENL_MAX_ROW (1u << 17)      // of them that we write
#define ENL_MAX_SKIPS (1u << 18)    // ranges of a file that a hard binding leaves out
#define ENL_MAX_ANSWER (1u << 20)   // bytes of a time-stamp or an OCSP answer from the net
#define ENL_NET_SECONDS 10          // that a server may take
#define ENL_HASH_BLOCK (256u << 10) // bytes read at once while hashing

#endif
