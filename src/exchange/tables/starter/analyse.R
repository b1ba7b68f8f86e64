# A first look at the codings: how often was each code used, in which outlets,
# and whose words were they?
#
# Run it in this folder:   Rscript analyse.R
# It needs R alone, no packages. Lines that begin with # are notes for people.

# 1. Read the tables ---------------------------------------------------------

# quote = "\"" and encoding = "UTF-8" keep the words as they are.
read_table <- function(file) {
  read.csv(file, quote = "\"", encoding = "UTF-8",
           stringsAsFactors = FALSE, check.names = FALSE)
}

annotations <- read_table("annotations.csv")   # one row an annotation
articles    <- read_table("articles.csv")      # one row an article
codebook    <- read_table("codebook.csv")      # one row a code

cat(nrow(articles), "articles,", nrow(annotations), "annotations,",
    nrow(codebook), "codes\n\n")

# 2. Keep the frames ---------------------------------------------------------

# Each annotation stands on a layer: frame, quote, claim or entity. Only frames
# are coded with the codebook.
frames <- annotations[annotations$layer == "frame", ]

# An empty cell means that nobody said whose words they are.
unknown <- is.na(frames$voice) | frames$voice == ""
frames$voice[unknown] <- "(not said)"
nameless <- is.na(frames$outlet) | frames$outlet == ""
frames$outlet[nameless] <- "(no outlet)"

if (nrow(frames) == 0) {
  cat("There are no frames in annotations.csv yet.\n")
} else {
  # 3. Count -----------------------------------------------------------------

  # Which code in which outlet?
  by_outlet <- table(code = frames$label, outlet = frames$outlet)
  cat("Codes by outlet\n")
  print(by_outlet)

  # Whose words? "outlet" and "headline" are the paper's own, "quoted" and
  # "reported" somebody else's.
  by_voice <- table(code = frames$label, voice = frames$voice)
  cat("\nCodes by voice\n")
  print(by_voice)

  # The same as shares of each code, in per cent.
  cat("\nCodes by voice, in per cent of each code\n")
  print(round(100 * prop.table(by_voice, 1)))

  # 4. Draw ------------------------------------------------------------------

  # A picture of the second table. Open codes-by-voice.pdf to see it.
  pdf("codes-by-voice.pdf", width = 9, height = 6)
  par(mar = c(4, 12, 3, 1))
  barplot(t(by_voice), horiz = TRUE, las = 1, legend.text = TRUE,
          main = "Whose words?", xlab = "annotations")
  invisible(dev.off())
  cat("\nThe picture is in codes-by-voice.pdf\n")
}

# Before you publish a figure: if several people coded the same articles, each
# of them is counted here. To look at one person's work only, write
#   frames <- frames[frames$coder == "ada", ]
# after step 2, with that person's id.
