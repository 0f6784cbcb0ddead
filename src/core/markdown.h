/*
 * What is refused at send and warned of at display: text that shows something else than it says,
 * or that reaches from one passage into another. No Markdown is rendered here. A finding never
 * decides a verification or a defect.
 */
#ifndef CH_MARKDOWN_H
#define CH_MARKDOWN_H

#include "paper.h"

typedef enum {
	CH_MD_NONE,
	CH_MD_RAW_HTML,          /* a tag, comment or declaration outside code        */
	CH_MD_OPEN_FENCE,        /* a code fence not closed in its passage            */
	CH_MD_BLANK_LINE,        /* a line of blanks: two paragraphs in one passage   */
	CH_MD_INDENTED,          /* begins with blanks: joins what stands before      */
	CH_MD_SETEXT,            /* a heading by underline: no heading to us          */
	CH_MD_HEADING,           /* `#` that Markdown and we judge differently        */
	CH_MD_UNUSED_DEFINITION, /* a link definition that nothing uses: unseen text  */
	CH_MD_CROSS_DEFINITION,  /* a link definition that another passage uses       */
	CH_MD_DOUBLE_DEFINITION, /* a label defined twice: the second is unseen       */
	CH_MD_MANY_DEFINITIONS,  /* more than CH_MD_DEFINITIONS_MAX                   */
	CH_MD_COUNT,
} ch_md_fault;

typedef struct {
	ch_md_fault fault;
	uint32_t passage;
	size_t at; /* byte in the passage */
} ch_md_finding;

#define CH_MD_DEFINITIONS_MAX 32u

/*
 * The first finding, fault NONE when there is none: first what a passage alone shows, in order,
 * then the definitions. Strict where Markdown is subtle: some harmless text is named too, and can
 * be written otherwise.
 */
ch_md_finding ch_markdown_check(const ch_passage *passage, uint32_t n);
/* A sentence for a person, without a full stop. */
const char *ch_md_fault_text(ch_md_fault f);

#endif
