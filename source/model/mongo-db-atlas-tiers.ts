/** Tiers with machines of their own. */
export const dedicatedTiers = [
  'M10',
  'M20',
  'M30',
  'M40',
  'M40 Low-CPU (R40)',
  'M40_NVME',
  'M50',
  'M50 Low-CPU (R50)',
  'M50_NVME',
  'M60',
  'M60 Low-CPU (R60)',
  'M60_NVME',
  'M80',
  'M80 Low-CPU (R80)',
  'M80_NVME',
  'M100',
  'M140',
  'M200',
  'M200 Low-CPU (R200)',
  'M200_NVME',
  'M300',
  'M300 Low-CPU (R300)',
  'M400',
  'M400 Low-CPU (R400)',
  'M400_NVME',
  'M700',
  'M700 Low-CPU (R700)',
] as const;

/** Atlas made Flex clusters of these in January 2026, and makes Flex clusters where they are asked for. */
export const flexTiers = ['M2', 'M5'] as const;

export const isFlexTier = (tier: string): boolean => (flexTiers as readonly string[]).includes(tier);

/** 40 for `M40_NVME`. */
export const tierNumber = (tier: string): number => Number(/\d+/.exec(tier)?.[0]);
